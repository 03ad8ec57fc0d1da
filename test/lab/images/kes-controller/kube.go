package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

const (
	group   = "kubernetes-client.io"
	version = "v1"
	plural  = "externalsecrets"
)

// kube talks to the API server as the pod's service account.
type kube struct {
	address string
	client  *http.Client
}

func newKube() (*kube, error) {
	pem, err := os.ReadFile("/var/run/secrets/kubernetes.io/serviceaccount/ca.crt")
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	host := net.JoinHostPort(os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT"))
	return &kube{"https://" + host, &http.Client{Timeout: 10 * time.Second, Transport: transport}}, nil
}

// externalSecrets lists those of one namespace, or of all where it is empty.
func (k *kube) externalSecrets(namespace string) ([]externalSecret, error) {
	var list struct{ Items []externalSecret }
	err := k.send(http.MethodGet, objectsPath(namespace), nil, &list)
	return list.Items, err
}

// watch tells every change of an ExternalSecret until the server ends the stream, as it does now and then.
func (k *kube) watch(namespace string, changed func(*externalSecret)) error {
	request, err := newRequest(http.MethodGet, k.address+objectsPath(namespace)+"?watch=true", nil, nil)
	if err != nil {
		return err
	}
	if err := k.authorize(request.Header); err != nil {
		return err
	}
	response, err := (&http.Client{Transport: k.client.Transport}).Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	for events := json.NewDecoder(response.Body); ; {
		var event struct {
			Type   string
			Object externalSecret
		}
		if err := events.Decode(&event); err != nil {
			return ended(err)
		}
		if event.Type == "ADDED" || event.Type == "MODIFIED" {
			changed(&event.Object)
		}
	}
}

func ended(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func (k *kube) setStatus(of *externalSecret, status status) error {
	patch := map[string]any{"status": status}
	return k.send(http.MethodPatch, objectsPath(of.Metadata.Namespace)+"/"+of.Metadata.Name+"/status", patch, nil)
}

// writeSecret creates the Secret, or replaces it where it is there.
func (k *kube) writeSecret(secret *secret) error {
	secrets := "/api/v1/namespaces/" + secret.Metadata.Namespace + "/secrets"
	err := k.send(http.MethodPost, secrets, secret, nil)
	var status *statusError
	if errors.As(err, &status) && status.code == http.StatusConflict {
		return k.send(http.MethodPut, secrets+"/"+secret.Metadata.Name, secret, nil)
	}
	return err
}

// readSecret returns the Secret's data, and nothing where there is none.
func (k *kube) readSecret(namespace, name string) (map[string]string, error) {
	var found secret
	err := k.send(http.MethodGet, "/api/v1/namespaces/"+namespace+"/secrets/"+name, nil, &found)
	var status *statusError
	if errors.As(err, &status) && status.code == http.StatusNotFound {
		return nil, nil
	}
	return found.Data, err
}

func objectsPath(namespace string) string {
	base := "/apis/" + group + "/" + version + "/"
	if namespace == "" {
		return base + plural
	}
	return base + "namespaces/" + namespace + "/" + plural
}

func (k *kube) send(method, path string, body, answer any) error {
	headers := http.Header{}
	if err := k.authorize(headers); err != nil {
		return err
	}
	plain := map[string]string{"Authorization": headers.Get("Authorization")}
	if method == http.MethodPatch {
		plain["Content-Type"] = "application/merge-patch+json"
	}
	return call(k.client, method, k.address+path, plain, body, answer)
}

// authorize reads the token anew each time: the one that is read once is only Vault's.
func (k *kube) authorize(headers http.Header) error {
	token, err := os.ReadFile(tokenFile)
	if err != nil {
		return err
	}
	headers.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	return nil
}
