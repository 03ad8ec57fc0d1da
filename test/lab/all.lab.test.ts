// The suites share two labs, and each goes on where the one before it stopped: the order matters.
import "./suites/main-job.ts";
import "./suites/fakes-are-true.ts";
import "./suites/single-commands.ts";
import "./suites/install.ts";
import "./suites/bad-input.ts";
import "./suites/leaks.ts";
import "./suites/status.ts";
import "./suites/root.ts";
