package main

import (
	"log"
	"maps"
	"os"
	"strings"
	"time"
)

// poller writes the Secret of every ExternalSecret, again and again.
type poller struct {
	kube       *kube
	vault      *vault
	namespaces []string
}

// watchedNamespaces are those that WATCHED_NAMESPACES names; one empty name stands for all.
func watchedNamespaces() []string {
	return strings.Split(os.Getenv("WATCHED_NAMESPACES"), ",")
}

func (p *poller) run(interval time.Duration) {
	for {
		for _, namespace := range p.namespaces {
			p.poll(strings.TrimSpace(namespace))
		}
		time.Sleep(interval)
	}
}

func (p *poller) poll(namespace string) {
	found, err := p.kube.externalSecrets(namespace)
	if err != nil {
		log.Printf("cannot list ExternalSecrets: %v", err)
		return
	}
	for index := range found {
		p.sync(&found[index])
	}
}

func (p *poller) sync(of *externalSecret) {
	word := "SUCCESS"
	if err := p.write(of); err != nil {
		word = "ERROR, " + err.Error()
		log.Printf("%s/%s: %s", of.Metadata.Namespace, of.Metadata.Name, word)
	}
	now := time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	if err := p.kube.setStatus(of, status{now, of.Metadata.Generation, word}); err != nil {
		log.Printf("cannot write the status of %s/%s: %v", of.Metadata.Namespace, of.Metadata.Name, err)
	}
}

func (p *poller) write(of *externalSecret) error {
	data, err := p.values(of)
	if err != nil {
		return err
	}
	there, err := p.kube.readSecret(of.Metadata.Namespace, of.Metadata.Name)
	if err != nil || (there != nil && maps.Equal(there, data)) {
		return err
	}
	return p.kube.writeSecret(secretFor(of, data))
}
