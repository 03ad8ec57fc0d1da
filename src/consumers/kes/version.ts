/** The only API version that kubernetes-external-secrets ever had. */
export const kesApiVersion = "kubernetes-client.io/v1";
