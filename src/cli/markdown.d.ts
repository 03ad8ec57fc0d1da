/** A page of the docs, which the bundler takes in as text. */
declare module "*.md" {
  const text: string;
  export default text;
}
