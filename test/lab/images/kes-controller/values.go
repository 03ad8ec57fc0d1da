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
		if err := p.addAll(of, item{Key: path}, data); err != nil {
			return nil, err
		}
	}
	for _, wanted := range of.Spec.DataFromWithOptions {
		if err := p.addAll(of, wanted, data); err != nil {
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

func (p *poller) addAll(of *externalSecret, wanted item, data map[string]string) error {
	found, err := p.vault.read(loginOf(of), wanted.Key, of.Spec.KvVersion)
	if err != nil {
		return err
	}
	for name, value := range found {
		data[name] = encoded(value, wanted.IsBinary)
	}
	return nil
}

// addOne takes one property, or the whole secret as JSON where none is named.
func (p *poller) addOne(of *externalSecret, wanted item, data map[string]string) error {
	found, err := p.vault.read(loginOf(of), wanted.Key, of.Spec.KvVersion)
	if err != nil {
		return err
	}
	var value any = found
	if wanted.Property != "" {
		property, ok := found[wanted.Property]
		if !ok {
			return fmt.Errorf("Could not find property %s in %s", wanted.Property, wanted.Key)
		}
		value = property
	}
	data[wanted.Name] = encoded(value, wanted.IsBinary)
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

// encoded is a value as a Secret holds it; what is binary is in base64 in Vault already.
func encoded(value any, binary bool) string {
	text, plain := value.(string)
	if !plain {
		whole, _ := json.Marshal(value)
		text = string(whole)
	}
	if binary {
		return text
	}
	return base64.StdEncoding.EncodeToString([]byte(text))
}
