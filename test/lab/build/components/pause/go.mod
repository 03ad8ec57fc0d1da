module vault-k8s-lab/pause

go 1.26
