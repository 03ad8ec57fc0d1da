# The image of vault-k8s: what npm packs, Node and helm; no shell, no package manager, not root.
# Both bases are filled by the release workflow as name@digest. What is built here without them takes what the tags name today.
ARG BASE=gcr.io/distroless/nodejs24-debian13:nonroot
ARG HELM=docker.io/alpine/helm:4

FROM ${HELM} AS helm

FROM ${BASE}
COPY --from=helm /usr/bin/helm /usr/local/bin/helm
COPY package.json /opt/vault-k8s/
COPY bin /opt/vault-k8s/bin
COPY dist /opt/vault-k8s/dist
COPY templates /opt/vault-k8s/templates
COPY docs /opt/vault-k8s/docs
# The root may be read-only: what is written goes below /tmp, which a pod brings.
ENV PATH=/usr/local/bin:/nodejs/bin:/usr/bin:/bin \
    HOME=/tmp/home \
    XDG_CACHE_HOME=/tmp/cache
USER 65532:65532
ENTRYPOINT ["node", "/opt/vault-k8s/bin/vault-k8s"]
