// A lab of its own, empty at its beginning: what a person, or a pipeline with few rights, does first.
import "./suites/wizard.ts";
import "./suites/preflight.ts";
