ui = true

listener "tcp" {
  address         = "[::]:8200"
  cluster_address = "[::]:8201"
  tls_disable     = 1
}

storage "raft" {
  path = "${dataFolder}"
}

service_registration "kubernetes" {}
