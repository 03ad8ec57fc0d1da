/** What a package says of itself. */
export interface Bundled {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

/**
 * A bill of materials: what the bundle holds of other people. No time and no serial number, so that the same sources give the same file.
 * Documented at https://cyclonedx.org/docs/1.6/json/
 */
export function sbom(product: Bundled, parts: readonly Bundled[]): object {
  const components = [...new Map(parts.map((part) => [purl(part), component("library", part)])).values()];
  const refs = components.map((each) => each["bom-ref"]);
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: component("application", product) },
    components,
    dependencies: [{ ref: purl(product), dependsOn: refs }, ...refs.map((ref) => ({ ref }))],
  };
}

const component = (type: "application" | "library", { name, version, license }: Bundled) => ({
  type,
  "bom-ref": purl({ name, version }),
  name,
  version,
  purl: purl({ name, version }),
  // An SPDX expression may be one identifier too.
  ...(license !== undefined && { licenses: [{ expression: license }] }),
});

/** https://github.com/package-url/purl-spec: the @ of a scope is written as %40. */
const purl = ({ name, version }: Bundled): string => `pkg:npm/${name.replace(/^@/, "%40")}@${version}`;
