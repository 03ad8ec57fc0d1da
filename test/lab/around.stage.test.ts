// One lab of its own, empty at the beginning; each suite goes on where the one before it stopped: the order matters.
import "./suites/audit.ts";
import "./suites/inside.ts";
import "./suites/adopt.ts";
import "./suites/adopt-releases.ts";
import "./suites/teardown.ts";
