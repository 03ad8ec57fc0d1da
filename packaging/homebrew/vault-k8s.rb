# https://docs.brew.sh/Node-for-Formula-Authors; packaging/fill.sh writes in who publishes it, and the sum of the archive.
class VaultK8s < Formula
  desc "Takes a Kubernetes cluster to applications that get secrets from Vault"
  homepage "https://github.com/OWNER/vault-k8s"
  url "https://github.com/OWNER/vault-k8s/releases/download/v0.2.0/vault-k8s-0.2.0.tgz"
  sha256 "0000000000000000000000000000000000000000000000000000000000000000"
  license "MPL-2.0"

  depends_on "helm"
  depends_on "node"

  def install
    system "npm", "install", *std_npm_args
    bin.install_symlink libexec.glob("bin/*")
    generate_completions_from_executable(bin/"vault-k8s", "completion")
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/vault-k8s --version")
    assert_match "VK1001", shell_output("#{bin}/vault-k8s explain")
  end
end
