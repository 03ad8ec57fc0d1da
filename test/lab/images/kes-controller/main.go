// A stand-in for GoDaddy's kubernetes-external-secrets, whose image cannot be had: it polls ExternalSecrets of
// kubernetes-client.io/v1, also as soon as one changes, reads their keys from Vault, and writes Secrets and statuses as that program does.
package main

import (
	"log"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

func main() {
	kube, err := newKube()
	if err != nil {
		log.Fatal(err)
	}
	poller := &poller{kube: kube, vault: newVault(), namespaces: watchedNamespaces()}
	go poller.run(pollInterval())
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	<-stop
}

func pollInterval() time.Duration {
	milliseconds, err := strconv.Atoi(setting("POLLER_INTERVAL_MILLISECONDS", "10000"))
	if err != nil || milliseconds < 1 {
		log.Fatal("POLLER_INTERVAL_MILLISECONDS is not a number of milliseconds")
	}
	return time.Duration(milliseconds) * time.Millisecond
}

func setting(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}
