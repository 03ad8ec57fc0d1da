// Where keys go and come from, and what becomes of each pod: real gpg, age, commands and Secrets, against real Vault pods.
import "../custody/sinks.ts";
import "../custody/pods.ts";
import "../custody/auto-unseal.ts";
