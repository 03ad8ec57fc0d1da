import { describe, expect, it } from "vitest";
import { screen } from "../../scripts/screens/svg.ts";

const escape = String.fromCharCode(27);

describe("a picture of a terminal", () => {
  it("has the command, the colours, and nothing that markup could take for its own", () => {
    const svg = screen("echo '<b>'", `plain ${escape}[32mgreen & "good"${escape}[39m ${escape}[1mbold${escape}[22m end\n`);
    expect(svg).toContain("$ echo '&lt;b&gt;'");
    expect(svg).toMatch(/class="green">green &amp; &quot;good&quot;</);
    expect(svg).toMatch(/class="b">bold</);
    expect(svg).toMatch(/Adjust="spacingAndGlyphs"> end</);
    expect(svg).not.toContain(escape);
    expect(svg).toContain("prefers-color-scheme:dark");
  });

  it("goes on below where a line is too long", () => {
    const svg = screen("x", "a".repeat(150));
    expect(svg).toContain(`>${"a".repeat(112)}<`);
    expect(svg).toContain(`>${"a".repeat(38)}<`);
  });
});
