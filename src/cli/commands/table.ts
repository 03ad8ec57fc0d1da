import type { Command } from "./command.ts";
import { fleet } from "./table/fleet.ts";
import { look } from "./table/look.ts";
import { oneCommand } from "./table/one-command.ts";
import { singleSteps } from "./table/single-steps.ts";
import { takeOver } from "./table/take-over.ts";

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [...oneCommand, ...singleSteps, ...takeOver, ...fleet, ...look];
