{{/* How the container starts Vault: its configuration knows the pod's addresses only then. */}}
{{- define "vault.command" -}}
{{- $entrypoint := "exec /usr/local/bin/docker-entrypoint.sh vault server" -}}
{{- if eq (include "vault.mode" .) "dev" -}}
{{ $entrypoint }} -dev {{ .Values.server.extraArgs }}
{{- else -}}
config=/tmp/storageconfig.hcl
cp /vault/config/extraconfig-from-values.hcl $config
for name in HOST_IP POD_IP HOSTNAME API_ADDR TRANSIT_ADDR RAFT_ADDR; do
  eval "value=\${$name:-}"
  [ -z "$value" ] || sed -i "s|$name|$value|g" $config
done
{{ $entrypoint }} -config=$config {{ .Values.server.extraArgs }}
{{- end -}}
{{- end }}

{{- define "vault.environment" -}}
{{- range $name, $field := dict "HOST_IP" "status.hostIP" "POD_IP" "status.podIP" "VAULT_K8S_POD_NAME" "metadata.name" "VAULT_K8S_NAMESPACE" "metadata.namespace" "HOSTNAME" "metadata.name" }}
- name: {{ $name }}
  valueFrom:
    fieldRef:
      fieldPath: {{ $field }}
{{- end }}
- name: VAULT_ADDR
  value: {{ include "vault.scheme" . }}://127.0.0.1:8200
- name: VAULT_API_ADDR
  value: {{ .Values.server.ha.apiAddr | default (printf "%s://$(POD_IP):8200" (include "vault.scheme" .)) | quote }}
- name: VAULT_CLUSTER_ADDR
  value: {{ .Values.server.ha.clusterAddr | default (printf "https://$(HOSTNAME).%s-internal:8201" (include "vault.fullname" .)) | quote }}
{{- if and (eq (include "vault.mode" .) "ha") .Values.server.ha.raft.enabled .Values.server.ha.raft.setNodeId }}
- name: VAULT_RAFT_NODE_ID
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
{{- end }}
- name: SKIP_CHOWN
  value: "true"
- name: SKIP_SETCAP
  value: "true"
- name: HOME
  value: /home/vault
{{- with .Values.server.logLevel }}
- name: VAULT_LOG_LEVEL
  value: {{ . | quote }}
{{- end }}
{{- with .Values.server.logFormat }}
- name: VAULT_LOG_FORMAT
  value: {{ . | quote }}
{{- end }}
{{- if eq (include "vault.mode" .) "dev" }}
- name: VAULT_DEV_ROOT_TOKEN_ID
  value: {{ .Values.server.dev.devRootToken | quote }}
- name: VAULT_DEV_LISTEN_ADDRESS
  value: "[::]:8200"
{{- end }}
{{- range $name, $value := .Values.server.extraEnvironmentVars }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- range .Values.server.extraSecretEnvironmentVars }}
- name: {{ .envName }}
  valueFrom:
    secretKeyRef:
      name: {{ .secretName }}
      key: {{ .secretKey }}
{{- end }}
{{- end }}

{{/* A probe: by an HTTP path where there is one, else by the command that is given. */}}
{{- define "vault.probe" -}}
{{- $root := index . 0 -}}
{{- $probe := index . 1 -}}
{{- if $probe.path -}}
httpGet:
  path: {{ $probe.path | quote }}
  port: {{ $probe.port }}
  scheme: {{ include "vault.scheme" $root | upper }}
{{- else -}}
exec:
  # 0 unsealed, 2 sealed, 1 error: a pod that is sealed or not initialised is not ready.
  command: ["/bin/sh", "-ec", "vault status -tls-skip-verify"]
{{- end }}
failureThreshold: {{ $probe.failureThreshold }}
initialDelaySeconds: {{ $probe.initialDelaySeconds }}
periodSeconds: {{ $probe.periodSeconds }}
successThreshold: {{ $probe.successThreshold }}
timeoutSeconds: {{ $probe.timeoutSeconds }}
{{- end }}

{{- define "vault.mounts" -}}
- name: home
  mountPath: /home/vault
{{- if ne (include "vault.mode" .) "dev" }}
- name: config
  mountPath: /vault/config
{{- end }}
{{- range $name := list "data" "audit" }}
{{- $storage := index $.Values.server (printf "%sStorage" $name) }}
{{- if include "vault.hasStorage" (list $ $name) }}
- name: {{ $name }}
  mountPath: {{ $storage.mountPath }}
{{- end }}
{{- end }}
{{- range .Values.server.extraVolumes }}
- name: userconfig-{{ .name }}
  mountPath: {{ .path | default "/vault/userconfig" }}/{{ .name }}
  readOnly: true
{{- end }}
{{- with .Values.server.volumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "vault.volumes" -}}
- name: home
  emptyDir: {}
{{- if ne (include "vault.mode" .) "dev" }}
- name: config
  configMap:
    name: {{ include "vault.fullname" . }}-config
{{- end }}
{{- range .Values.server.extraVolumes }}
- name: userconfig-{{ .name }}
  {{- if eq .type "configMap" }}
  configMap:
    name: {{ .name }}
  {{- else }}
  secret:
    secretName: {{ .name }}
  {{- end }}
    defaultMode: {{ .defaultMode | default 420 }}
{{- end }}
{{- with .Values.server.volumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "vault.hasStorage" -}}
{{- $root := index . 0 -}}
{{- $storage := index $root.Values.server (printf "%sStorage" (index . 1)) -}}
{{- if and $storage.enabled (ne (include "vault.mode" $root) "dev") }}yes{{ end -}}
{{- end }}
