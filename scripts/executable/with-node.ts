interface Bom {
  readonly components: readonly object[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
  readonly metadata: { readonly component: { readonly "bom-ref": string } };
}

/** The bundle's bill of materials, with the Node that is in the executable. What Node is made of, its own licence file names. */
export function withNode(text: string, version: string): string {
  const bom = JSON.parse(text) as Bom;
  const ref = `pkg:github/nodejs/node@v${version}`;
  const component = { type: "platform", "bom-ref": ref, name: "node", version, purl: ref, licenses: [{ expression: "MIT" }] };
  const product = bom.metadata.component["bom-ref"];
  const dependencies = bom.dependencies.map((each) =>
    each.ref === product ? { ...each, dependsOn: [...(each.dependsOn ?? []), ref] } : each,
  );
  const all = { ...bom, components: [...bom.components, component], dependencies: [...dependencies, { ref }] };
  return `${JSON.stringify(all, undefined, 2)}\n`;
}
