package main

import (
	"log"
	"maps"
	"os"
	"strings"
	"sync"
	"time"
)

// poller writes the Secret of every ExternalSecret, again and again, and at once when one has changed.
type poller struct {
	kube       *kube
	vault      *vault
	namespaces []string
	turn       sync.Mutex
}

// watchedNamespaces are those that WATCHED_NAMESPACES names; one empty name stands for all.
func watchedNamespaces() []string {
	return strings.Split(os.Getenv("WATCHED_NAMESPACES"), ",")
}

func (p *poller) run(interval time.Duration) {
	for _, namespace := range p.namespaces {
		go p.follow(strings.TrimSpace(namespace))
	}
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
		p.sync(&found[index], false)
	}
}

// follow polls each ExternalSecret whose change is seen, as the original does: also one that is being deleted, which is a change of its generation.
func (p *poller) follow(namespace string) {
	for {
		err := p.kube.watch(namespace, func(changed *externalSecret) {
			if changed.Status.ObservedGeneration < changed.Metadata.Generation {
				p.sync(changed, true)
			}
		})
		if err != nil {
			log.Printf("cannot watch ExternalSecrets: %v", err)
		}
		time.Sleep(time.Second)
	}
}

// sync writes the Secret and the status. A Secret that holds the same already is written only where anew is said.
func (p *poller) sync(of *externalSecret, anew bool) {
	p.turn.Lock()
	defer p.turn.Unlock()
	word := "SUCCESS"
	if err := p.write(of, anew); err != nil {
		word = "ERROR, " + err.Error()
		log.Printf("%s/%s: %s", of.Metadata.Namespace, of.Metadata.Name, word)
	}
	now := time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	if err := p.kube.setStatus(of, status{now, of.Metadata.Generation, word}); err != nil {
		log.Printf("cannot write the status of %s/%s: %v", of.Metadata.Namespace, of.Metadata.Name, err)
	}
}

func (p *poller) write(of *externalSecret, anew bool) error {
	data, err := p.values(of)
	if err != nil {
		return err
	}
	there, err := p.kube.readSecret(of.Metadata.Namespace, of.Metadata.Name)
	if err != nil || (!anew && there != nil && maps.Equal(there, data)) {
		return err
	}
	return p.kube.writeSecret(secretFor(of, data))
}
