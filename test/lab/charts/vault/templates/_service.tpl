{{/* One Service: a list of the chart's context and of what is special about it. */}}
{{- define "vault.service" -}}
{{- $root := index . 0 -}}
{{- $own := index . 1 -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "vault.fullname" $root }}{{ $own.suffix }}
  namespace: {{ include "vault.namespace" $root }}
  labels:
    {{- include "vault.labels" $root | nindent 4 }}
    {{- with $own.labels }}{{ toYaml . | nindent 4 }}{{ end }}
  {{- with $own.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- if $own.headless }}
  clusterIP: None
  {{- else }}
  type: {{ $own.type }}
  {{- if ne $own.type "ClusterIP" }}
  externalTrafficPolicy: {{ $own.externalTrafficPolicy }}
  {{- end }}
  {{- end }}
  publishNotReadyAddresses: {{ $own.publishNotReadyAddresses }}
  ports:
    - name: {{ include "vault.scheme" $root }}
      port: {{ $own.port }}
      targetPort: {{ $own.targetPort }}
    {{- if $own.clusterPort }}
    - name: https-internal
      port: 8201
      targetPort: 8201
    {{- end }}
  selector:
    app.kubernetes.io/name: {{ include "vault.name" $root }}
    {{- if not $own.everyRelease }}
    app.kubernetes.io/instance: {{ $root.Release.Name }}
    {{- end }}
    component: server
    {{- with $own.active }}
    vault-active: {{ . | quote }}
    {{- end }}
{{- end }}

{{/* What the Services of the server have in common, from server.service. */}}
{{- define "vault.serviceDefaults" -}}
{{- with .Values.server.service -}}
type: {{ .type }}
port: {{ .port }}
targetPort: {{ .targetPort }}
publishNotReadyAddresses: {{ .publishNotReadyAddresses }}
externalTrafficPolicy: {{ .externalTrafficPolicy }}
everyRelease: {{ not .instanceSelector.enabled }}
clusterPort: true
{{- end }}
{{- end }}
