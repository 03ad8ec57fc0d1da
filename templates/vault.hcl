ui = true

listener "tcp" {
  address         = "[::]:8200"
  cluster_address = "[::]:8201"
  tls_cert_file   = "${tlsFolder}/tls.crt"
  tls_key_file    = "${tlsFolder}/tls.key"
}

storage "raft" {
  path = "${dataFolder}"
}

service_registration "kubernetes" {}
