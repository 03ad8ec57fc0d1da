// Package register takes the place of the package of External Secrets that brings in every provider of secrets.
package register

import _ "github.com/external-secrets/external-secrets/pkg/provider/vault" // The one that the lab uses.
