package main

// externalSecret is what is read of an ExternalSecret; the original knows more back ends and options.
type externalSecret struct {
	Metadata metadata `json:"metadata"`
	Spec     spec     `json:"spec"`
	Status   status   `json:"status"`
}

type metadata struct {
	Name            string            `json:"name"`
	Namespace       string            `json:"namespace,omitempty"`
	UID             string            `json:"uid,omitempty"`
	Generation      int               `json:"generation,omitempty"`
	Labels          map[string]string `json:"labels,omitempty"`
	Annotations     map[string]string `json:"annotations,omitempty"`
	OwnerReferences []owner           `json:"ownerReferences,omitempty"`
}

type owner struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Name       string `json:"name"`
	UID        string `json:"uid"`
	Controller bool   `json:"controller"`
}

type spec struct {
	BackendType         string    `json:"backendType"`
	VaultMountPoint     string    `json:"vaultMountPoint"`
	VaultRole           string    `json:"vaultRole"`
	KvVersion           int       `json:"kvVersion"`
	Data                []item    `json:"data"`
	DataFrom            []string  `json:"dataFrom"`
	DataFromWithOptions []item    `json:"dataFromWithOptions"`
	Type                string    `json:"type"`
	Template            *template `json:"template"`
}

// item is one value of the Secret, or with a key only all values of a path.
type item struct {
	Key      string `json:"key"`
	Name     string `json:"name"`
	Property string `json:"property"`
	IsBinary bool   `json:"isBinary"`
}

type template struct {
	Type     string `json:"type"`
	Metadata struct {
		Labels      map[string]string `json:"labels"`
		Annotations map[string]string `json:"annotations"`
	} `json:"metadata"`
}

type status struct {
	LastSync           string `json:"lastSync"`
	ObservedGeneration int    `json:"observedGeneration"`
	Status             string `json:"status"`
}

type secret struct {
	APIVersion string            `json:"apiVersion"`
	Kind       string            `json:"kind"`
	Metadata   metadata          `json:"metadata"`
	Type       string            `json:"type"`
	Data       map[string]string `json:"data"`
}

// secretFor is the Secret of an ExternalSecret: it has its name and ends with it.
func secretFor(of *externalSecret, data map[string]string) *secret {
	made := &secret{APIVersion: "v1", Kind: "Secret", Type: "Opaque", Data: data}
	made.Metadata = metadata{Name: of.Metadata.Name, Namespace: of.Metadata.Namespace}
	made.Metadata.OwnerReferences = []owner{{group + "/" + version, "ExternalSecret", of.Metadata.Name, of.Metadata.UID, true}}
	if of.Spec.Type != "" {
		made.Type = of.Spec.Type
	}
	if template := of.Spec.Template; template != nil {
		made.Metadata.Labels, made.Metadata.Annotations = template.Metadata.Labels, template.Metadata.Annotations
		if template.Type != "" {
			made.Type = template.Type
		}
	}
	return made
}
