class Vtexid < Formula
  desc "Log in to VTEX from the terminal; print, make, decode and check its tokens"
  homepage "https://github.com/owner/vtexid"
  version "[VERSION]"
  license "MIT"

  on_macos do
    on_arm do
      url "https://github.com/owner/vtexid/releases/download/v[VERSION]/vtexid-[VERSION]-aarch64-apple-darwin.tar.gz"
      sha256 "0000000000000000000000000000000000000000000000000000000000000000"
    end
    on_intel do
      url "https://github.com/owner/vtexid/releases/download/v[VERSION]/vtexid-[VERSION]-x86_64-apple-darwin.tar.gz"
      sha256 "0000000000000000000000000000000000000000000000000000000000000004"
    end
  end

  on_linux do
    on_arm do
      url "https://github.com/owner/vtexid/releases/download/v[VERSION]/vtexid-[VERSION]-aarch64-unknown-linux-musl.tar.gz"
      sha256 "0000000000000000000000000000000000000000000000000000000000000003"
    end
    on_intel do
      url "https://github.com/owner/vtexid/releases/download/v[VERSION]/vtexid-[VERSION]-x86_64-unknown-linux-musl.tar.gz"
      sha256 "0000000000000000000000000000000000000000000000000000000000000007"
    end
  end

  def install
    bin.install "vtexid"
    man1.install Dir["man/*.1"]
    bash_completion.install "completions/vtexid.bash" => "vtexid"
    zsh_completion.install "completions/_vtexid"
    fish_completion.install "completions/vtexid.fish"
  end

  test do
    assert_match "vtexid #{version}", shell_output("#{bin}/vtexid --version")
  end
end
