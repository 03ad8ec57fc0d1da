package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"
	"time"
)

const tokenFile = "/var/run/secrets/kubernetes.io/serviceaccount/token"

// vault reads secrets, logged in with the pod's own token.
type vault struct {
	address   string
	namespace string
	client    *http.Client
	jwt       string
	tokens    map[login]session
}

type login struct{ mount, role string }

type session struct {
	token string
	until time.Time
}

func newVault() *vault {
	return &vault{
		address:   strings.TrimRight(setting("VAULT_ADDR", "http://127.0.0.1:8200"), "/"),
		namespace: os.Getenv("VAULT_NAMESPACE"),
		client:    &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{TLSClientConfig: trust()}},
		tokens:    map[login]session{},
	}
}

// trust adds the certificates that the original, a Node program, is given by NODE_EXTRA_CA_CERTS.
func trust() *tls.Config {
	file := os.Getenv("NODE_EXTRA_CA_CERTS")
	if file == "" {
		return nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		log.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	return &tls.Config{RootCAs: pool}
}

// read returns all values of one secret, found by its full API path.
func (v *vault) read(who login, path string, kvVersion int) (map[string]any, error) {
	token, err := v.login(who)
	if err != nil {
		return nil, err
	}
	var answer struct{ Data map[string]any }
	if err := v.send(http.MethodGet, path, token, nil, &answer); err != nil {
		v.forgetAfter(err, who)
		return nil, err
	}
	if kvVersion == 1 {
		return answer.Data, nil
	}
	values, ok := answer.Data["data"].(map[string]any)
	if !ok {
		return nil, fmt.Errorf("no data at %s", path)
	}
	return values, nil
}

func (v *vault) login(who login) (string, error) {
	if known, ok := v.tokens[who]; ok && time.Now().Before(known.until) {
		return known.token, nil
	}
	jwt, err := v.podToken()
	if err != nil {
		return "", err
	}
	var answer struct {
		Auth struct {
			ClientToken   string `json:"client_token"`
			LeaseDuration int    `json:"lease_duration"`
		}
	}
	body := map[string]string{"role": who.role, "jwt": jwt}
	if err := v.send(http.MethodPost, "auth/"+who.mount+"/login", "", body, &answer); err != nil {
		return "", err
	}
	// Half of the lease: a token is never sent that may end on its way.
	lease := time.Duration(answer.Auth.LeaseDuration) * time.Second / 2
	v.tokens[who] = session{answer.Auth.ClientToken, time.Now().Add(lease)}
	return answer.Auth.ClientToken, nil
}

// podToken reads the token at first use and never again, as the original does.
func (v *vault) podToken() (string, error) {
	if v.jwt == "" {
		text, err := os.ReadFile(tokenFile)
		if err != nil {
			return "", err
		}
		v.jwt = strings.TrimSpace(string(text))
	}
	return v.jwt, nil
}

func (v *vault) send(method, path, token string, body, answer any) error {
	headers := map[string]string{"X-Vault-Request": "true"}
	if token != "" {
		headers["X-Vault-Token"] = token
	}
	if v.namespace != "" {
		headers["X-Vault-Namespace"] = v.namespace
	}
	err := call(v.client, method, v.address+"/v1/"+strings.TrimLeft(path, "/"), headers, body, answer)
	return inVaultsWords(err)
}

// forgetAfter drops a token that Vault no longer takes, so that the next poll logs in again.
func (v *vault) forgetAfter(err error, who login) {
	if strings.Contains(err.Error(), "permission denied") {
		delete(v.tokens, who)
	}
}

// inVaultsWords makes an error of Vault's what the original shows: its first message, or the bare status.
func inVaultsWords(err error) error {
	var status *statusError
	if !errors.As(err, &status) {
		return err
	}
	var body struct{ Errors []string }
	if json.Unmarshal(status.body, &body) != nil || len(body.Errors) == 0 {
		return fmt.Errorf("Status %d", status.code)
	}
	return errors.New(strings.Join(strings.Fields(body.Errors[0]), " "))
}
