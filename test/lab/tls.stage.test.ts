// One lab of its own, empty at the beginning; the second suite goes on where the first stopped, the third has a cluster of its own.
import "./suites/tls-own.ts";
import "./suites/tls-issuer.ts";
import "./suites/tls-given.ts";
