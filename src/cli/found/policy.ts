import { isKnown, valueOf, type Fact } from "../../core/fact.ts";
import type { Wired } from "../../consumers/facts/wired.ts";
import type { RoleSeen } from "../../doctor/facts/auth.ts";
import type { InVault } from "../../doctor/facts/in-vault.ts";
import type { KvPlace, Opened } from "../../wiring/policy/opened.ts";
import { oneOf, type Choose, type Given, type Option } from "./choose.ts";
import type { Tally } from "./tally.ts";

interface Asking {
  readonly given: Given;
  readonly choose: Choose;
  readonly tally: Tally;
}

const shown = ({ mount, prefix }: KvPlace): string => `${mount}/${prefix}`;

/** The policy of a role that opens secrets, and the folder that it opens: bootstrap writes a policy for one folder. */
export async function policyFrom(
  vault: InVault,
  role: RoleSeen,
  consumer: Wired | undefined,
  { given, choose, tally }: Asking,
): Promise<void> {
  const names = role.policies.filter(
    (name) => name !== "default" && (!given.isSaid("policyName") || name === given.settings.policyName?.toLowerCase()),
  );
  const options = names.flatMap((name) => optionsFor(vault, name, given));
  // The engine that stores name, where they name one.
  const named = options.filter(({ settings }) => consumer?.stores.some(({ path }) => path === settings.kvMount));
  const asked = named.length > 0 ? named : options;
  if (asked.length > 0 || given.isSaid("kvPrefix")) {
    const explain =
      "bootstrap writes the policy anew, for one folder of one engine. --policy-file keeps the text of a policy as it is: vault policy read NAME > FILE.";
    const fields = ["policyName", "kvMount", "kvPrefix"] as const;
    const chosen = await oneOf({ about: "Which folder of secrets does the cluster read?", explain, fields, options: asked }, choose);
    if (chosen !== undefined) tally.add(chosen);
    return;
  }
  for (const name of names) tally.note(unknownOf(name, vault.policies.get(name)));
  if (given.isSaid("policyName")) return;
  await choose({
    about: "Which folder of secrets does the cluster read?",
    explain: `Its role gives the policies ${role.policies.join(", ") || "(none)"}, which do not tell.`,
    fields: ["policyName", "kvMount", "kvPrefix"],
    options: [],
  });
}

function unknownOf(name: string, opened: Fact<Opened | undefined> | undefined): string {
  if (opened === undefined || !isKnown(opened))
    return `What policy ${name} opens is not known${opened === undefined ? "" : `: ${opened.unknown}`}.`;
  return opened.value === undefined
    ? `Policy ${name} is not there, or not understood.`
    : `Policy ${name} opens no folder of a KV version 2 engine.`;
}

function optionsFor(vault: InVault, name: string, given: Given): Option[] {
  const fact = vault.policies.get(name);
  const opened = fact && valueOf(fact);
  if (opened === undefined) return [];
  const isMeant = ({ mount, prefix }: KvPlace): boolean =>
    (!given.isSaid("kvMount") || mount === given.settings.kvMount) && (!given.isSaid("kvPrefix") || prefix === given.settings.kvPrefix);
  const agreed = given.isSaid("kvPrefix") || given.isSaid("policyFile");
  const places = opened.places.map((place) => ({ place, single: false }));
  const around = opened.places.length > 0 ? [] : opened.around.map((place) => ({ place, single: true }));
  return [...places, ...around]
    .filter(({ place }) => isMeant(place))
    .map(({ place, single }) => {
      const lost = [
        ...opened.places.filter((other) => other !== place).map(shown),
        ...(single ? [] : opened.around.map((one) => `single secrets of ${shown(one)}`)),
        ...opened.beyond,
      ];
      const loses = [
        ...(single ? [`policy ${name} opens single secrets there, and would open all of ${shown(place)}`] : []),
        ...(lost.length > 0 ? [`policy ${name} would no longer allow ${lost.join(", ")}`] : []),
      ].join("; ");
      return {
        name: shown(place),
        settings: { policyName: name, kvMount: place.mount, kvPrefix: place.prefix },
        because: `policy ${name}, which the role gives, opens ${shown(place)}`,
        ...(loses !== "" && !agreed && { loses }),
      };
    });
}
