import type { Recorded } from "./exchange.ts";

/** What may go wrong with one request. */
export type Fault =
  | { readonly kind: "cut-before" }
  | { readonly kind: "cut-after" }
  | { readonly kind: "hang" }
  | { readonly kind: "noise" }
  | { readonly kind: "huge" }
  | { readonly kind: "echo"; readonly status: number; wrap(said: string): string }
  | { readonly kind: "answer"; readonly status: number; readonly body: string; readonly headers?: Readonly<Record<string, string>> };

/** Decides for each request whether something goes wrong with it. */
export type FaultRule = (request: Recorded) => Fault | undefined;

const json = { "content-type": "application/json" };

export const cutBefore: Fault = { kind: "cut-before" };
export const cutAfter: Fault = { kind: "cut-after" };
export const hang: Fault = { kind: "hang" };
/** Bytes that are not HTTP. */
export const noise: Fault = { kind: "noise" };
export const garbage: Fault = { kind: "answer", status: 200, body: '{"data": {"half', headers: json };
export const html: Fault = {
  kind: "answer",
  status: 200,
  body: "<!doctype html><html><body><h1>Sign in</h1></body></html>",
  headers: { "content-type": "text/html" },
};
/** A body that does not end until whoever asked hangs up. */
export const huge: Fault = { kind: "huge" };
/** A proxy that repeats the whole request, tokens and all, in its error. */
export const echoAsVault: Fault = { kind: "echo", status: 400, wrap: (said) => JSON.stringify({ errors: [said] }) };
export const echoAsKube: Fault = {
  kind: "echo",
  status: 422,
  wrap: (said) =>
    JSON.stringify({ kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message: said, reason: "Invalid", code: 422 }),
};
/** An admission webhook that shows the object that it refuses, once as Go writes JSON and once in base64. */
export const echoOfWebhook: Fault = {
  kind: "echo",
  status: 400,
  wrap: (said) => {
    const body = said.slice(said.indexOf("} ") + 2);
    const message = `admission webhook "guard.example.com" denied the request: ${body.replace(/[<>&]/g, (one) => `\\u00${one.charCodeAt(0).toString(16)}`)}`;
    const causes = [{ reason: "FieldValueInvalid", field: "data", message: Buffer.from(`object: ${body}`).toString("base64") }];
    return JSON.stringify({
      kind: "Status",
      apiVersion: "v1",
      status: "Failure",
      message,
      reason: "Invalid",
      code: 400,
      details: { causes },
    });
  },
};
export const redirectTo = (location: string): Fault => ({ kind: "answer", status: 307, body: "", headers: { location } });

/** Errors as Vault words them. */
export const vaultError = (status: number, ...messages: string[]): Fault => ({
  kind: "answer",
  status,
  body: JSON.stringify({ errors: messages }),
  headers: json,
});
export const sealed: Fault = vaultError(503, "Vault is sealed");

/** Errors as an API server words them. */
export const kubeError = (status: number, reason: string, message: string): Fault => ({
  kind: "answer",
  status,
  body: JSON.stringify({ kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, code: status }),
  headers: json,
});
