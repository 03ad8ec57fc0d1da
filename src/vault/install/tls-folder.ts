/** Where Vault's pods have the Secret of their certificate. */
export const tlsFolder = "/vault/tls";
