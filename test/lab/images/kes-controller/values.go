package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
)

// values collects the data of the Secret, each value in base64.
func (p *poller) values(of *externalSecret) (map[string]string, error) {
	if of.Spec.BackendType != "vault" {
		return nil, fmt.Errorf("Unknown backend type %q", of.Spec.BackendType)
	}
	data := map[string]string{}
	for _, path := range of.Spec.DataFrom {
		if err := p.addAll(of, path, data); err != nil {
			return nil, err
		}
	}
	for _, wanted := range of.Spec.Data {
		if err := p.addOne(of, wanted, data); err != nil {
			return nil, err
		}
	}
	return data, nil
}

func (p *poller) addAll(of *externalSecret, path string, data map[string]string) error {
	found, err := p.vault.read(loginOf(of), path, of.Spec.KvVersion)
	if err != nil {
		return err
	}
	for name, value := range found {
		data[name] = encoded(text(value))
	}
	return nil
}

func (p *poller) addOne(of *externalSecret, wanted item, data map[string]string) error {
	found, err := p.vault.read(loginOf(of), wanted.Key, of.Spec.KvVersion)
	if err != nil {
		return err
	}
	if wanted.Property == "" {
		data[wanted.Name] = encoded(text(found))
		return nil
	}
	value, ok := found[wanted.Property]
	if !ok {
		return fmt.Errorf("Could not find property %s in %s", wanted.Property, wanted.Key)
	}
	data[wanted.Name] = encoded(text(value))
	if wanted.IsBinary {
		data[wanted.Name] = text(value) // Vault holds it in base64 already
	}
	return nil
}

// loginOf is the auth mount and the role to use, the chart's where the object names none.
func loginOf(of *externalSecret) login {
	who := login{of.Spec.VaultMountPoint, of.Spec.VaultRole}
	if who.mount == "" {
		who.mount = setting("DEFAULT_VAULT_MOUNT_POINT", "kubernetes")
	}
	if who.role == "" {
		who.role = os.Getenv("DEFAULT_VAULT_ROLE")
	}
	return who
}

func text(value any) string {
	if plain, ok := value.(string); ok {
		return plain
	}
	whole, _ := json.Marshal(value)
	return string(whole)
}

func encoded(value string) string {
	return base64.StdEncoding.EncodeToString([]byte(value))
}
