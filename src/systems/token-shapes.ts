/** Where a word begins, also after a line's end that JSON wrote as two characters. */
const begin = String.raw`(?<=^|[^\w.-]|\\[nrt])`;

/**
 * What looks like a secret, whoever wrote it. Each expression matches the secret alone; what stands around it is looked at only.
 * Vault: https://developer.hashicorp.com/vault/docs/concepts/tokens ("Token prefixes"); OpenBao: https://openbao.org/docs/concepts/tokens/
 */
export const tokenShapes: readonly RegExp[] = [
  /hv[sbr]\.[\w-]{20,}/g,
  // Vault's before 1.10, which OpenBao still has: 24 characters and, where there is one, the namespace; batch tokens are longer.
  new RegExp(String.raw`${begin}[sbr]\.(?=[\w-]*[A-Z\d])[\w-]{24,}(?:\.\w+)?`, "g"),
  // The first of them in base64.
  /aHZ[iyz]L[\w+/-]{24,}={0,2}/g,
  // JSON web tokens, also without a signature, and in base64.
  new RegExp(String.raw`${begin}eyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?`, "g"),
  /ZXlK[\w+/-]{40,}={0,2}/g,
  // Private keys and PGP messages; and in base64 what begins neither with "CERT" nor with "PUB".
  /(?<=-----BEGIN ([A-Z ]*)(PRIVATE KEY|PRIVATE KEY BLOCK|MESSAGE)-----)[^]*?(?:-----END \1\2-----|$)/g,
  /LS0tLS1CRUdJTi(?!BDRVJU|BQVUJM)[\w+/-]{16,}={0,2}/g,
  // What follows a scheme of HTTP, but for a shell's variable; "basic" is a word too.
  /(?<=\b(?:[Bb]earer|BEARER|Basic|BASIC)\s{1,8})(?!\$)[^\s"',\\]{8,}/g,
  /(?<=\bbasic\s{1,8})(?=[^\s"',\\]*[A-Z\d=])[^\s"',\\]{8,}/g,
  // AWS, GitHub, age.
  /(?<=^|[^A-Za-z\d]|\\[nrt])(?:AKIA|ASIA)[A-Z\d]{16}(?![A-Za-z\d])/g,
  /gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}/g,
  /AGE-SECRET-KEY-1[A-Z0-9]+/g,
  // Passwords in addresses, with an "@" in them, or else with a "/" (what begins with a port is a path), and in those of MySQL's driver for
  // Go; a template's "{{password}}" is none.
  /(?<=\/\/[^/\s:@"']{0,256}:)(?!\{\{)(?:[^/\s"']+|(?!\d{1,5}\/)[^\s"'@]{1,256})(?=@)/g,
  /(?<=\b[\w.-]{1,64}:)(?!\{\{)[^\s:@/"']+(?=@(?:tcp|unix)\()/g,
];
