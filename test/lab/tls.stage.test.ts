// One lab of its own, empty at the beginning; the second suite goes on where the first stopped, the others have the second cluster, one after the other.
import "./suites/tls-own.ts";
import "./suites/tls-issuer.ts";
import "./suites/tls-from-http.ts";
import "./suites/tls-given.ts";
