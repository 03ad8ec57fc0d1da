// One lab of its own, empty at the beginning.
import "./suites/doctor.ts";
