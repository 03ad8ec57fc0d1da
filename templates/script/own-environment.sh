# Of the variables of the vault command only those count that this script sets, and the token: others change where it goes and what it prints.
for name in ${names}; do unset "VAULT_$name" "BAO_$name"; done
unset BAO_ADDR
# Nor does helm look at another cluster or namespace, or keep releases elsewhere.
for name in ${helm}; do unset "HELM_$name"; done
export VAULT_FORMAT=
