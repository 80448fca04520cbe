package toolchain

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// golang builds the package in the plugin's directory as a reactor of WASI, which is what gives Go's runtime a way to begin
// without a main that runs.
func (b *build) golang() (string, error) {
	if _, err := exec.LookPath("go"); err != nil {
		return "", &MissingError{"the Go toolchain (go)", "install Go 1.24 or later (Debian: apt install golang, or https://go.dev/dl)"}
	}
	tool, err := b.output(nil, "go", "env", "GOVERSION")
	if err != nil {
		return "go", err
	}
	env := []string{"GOOS=wasip1", "GOARCH=wasm", "GOFLAGS=", "CGO_ENABLED=0"}
	return tool, b.run(env, "go", "build", "-buildmode=c-shared", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", b.out, ".")
}

// c builds every file in C, in the plugin's directory and in src below it.
func (b *build) c() (string, error) {
	const install = "install it (Debian: apt install clang-19 lld-19)"
	clang := ""
	for _, name := range []string{"clang-19", "clang"} {
		if _, err := exec.LookPath(name); err == nil {
			clang = name
			break
		}
	}
	if clang == "" {
		return "", &MissingError{"clang (clang-19 or clang)", install}
	}
	linker := "wasm-ld" + clang[len("clang"):]
	if _, err := exec.LookPath(linker); err != nil {
		return clang, &MissingError{"clang's linker for WebAssembly (" + linker + ")", install}
	}
	sdk, err := b.sdk("bailiwick.h", ".", "src", "include", "sdk")
	if err != nil {
		return clang, err
	}
	args := []string{
		"--target=wasm32", "-std=c11", "-O2", "-ffreestanding", "-nostdlib", "-mbulk-memory", "-Wall", "-Wextra",
		"-Wl,--no-entry", "-Wl,--strip-all", "-Wl,--stack-first", "-Wl,-z,stack-size=65536", "-I", sdk, "-o", b.out,
	}
	args = append(args, match(b.Dir, "*.c")...)
	return clang, b.run(nil, clang, append(args, match(b.Dir, "src/*.c")...)...)
}

// rustTarget is what Rust guests are built for.
const rustTarget = "wasm32-unknown-unknown"

// rust builds the SDK as a library and the plugin on top of it.
func (b *build) rust() (string, error) {
	rustc, tool, err := b.rustc()
	if err != nil {
		return "rustc", err
	}
	sdk, err := b.sdk("src/lib.rs", "bailiwick", "sdk")
	if err != nil {
		return tool, err
	}
	source, err := b.one("*.rs", "plugin.rs", "src/lib.rs", "src/plugin.rs")
	if err != nil {
		return tool, err
	}
	dir, err := filepath.Abs(b.Dir)
	if err != nil {
		return tool, err
	}
	flags := []string{
		"--edition", "2021", "--target", rustTarget, "--remap-path-prefix", dir + "=.", "--remap-path-prefix", b.tmp + "=.",
		"-C", "opt-level=s", "-C", "panic=abort", "-C", "codegen-units=1", "-C", "target-feature=+bulk-memory,+nontrapping-fptoint",
	}
	library := filepath.Join(b.tmp, "libbailiwick.rlib")
	err = b.run(nil, rustc, append(flags, "--crate-name", "bailiwick", "--crate-type", "rlib", "-C", "embed-bitcode=yes", "-o", library, filepath.Join(sdk, "src", "lib.rs"))...)
	if err != nil {
		return tool, err
	}
	return tool, b.run(nil, rustc, append(flags, "--crate-name", "guest", "--crate-type", "cdylib", "--extern", "bailiwick="+library,
		"-C", "lto=fat", "-C", "strip=symbols", "-C", "link-arg=-zstack-size=65536", "-o", b.out, source)...)
}

// rustc finds a compiler that has the target: $RUSTC, the one on PATH, or Debian's behind one that has not.
func (b *build) rustc() (path, tool string, err error) {
	candidates := []string{"rustc", "/usr/bin/rustc"}
	if own := os.Getenv("RUSTC"); own != "" {
		candidates = []string{own}
	}
	found := false
	for _, name := range candidates {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		found = true
		root, err := b.output(nil, path, "--print", "sysroot")
		if err != nil {
			return "", "", err
		}
		if _, err := os.Stat(filepath.Join(root, "lib", "rustlib", rustTarget, "lib")); err != nil {
			continue
		}
		tool, err := b.output(nil, path, "--version")
		return path, tool, err
	}
	if !found {
		return "", "", &MissingError{"the Rust compiler (rustc)", "install it with its target (Debian: apt install rustc libstd-rust-dev-wasm32)"}
	}
	return "", "", &MissingError{"rustc's target " + rustTarget, "install it (Debian: apt install libstd-rust-dev-wasm32; rustup: rustup target add " + rustTarget + ")"}
}

// assemblyScript builds with the compiler that npm installed in the plugin's directory or above it.
func (b *build) assemblyScript() (string, error) {
	if _, err := exec.LookPath("node"); err != nil {
		return "asc", &MissingError{"Node.js (node)", "install it (Debian: apt install nodejs npm)"}
	}
	asc, err := b.asc()
	if err != nil {
		return "asc", err
	}
	source, err := b.one("*.ts", "plugin.ts", "src/plugin.ts", "assembly/index.ts")
	if err != nil {
		return "asc", err
	}
	tool, err := b.output(nil, "node", asc, "--version")
	if err != nil {
		return "asc", err
	}
	return "asc " + strings.TrimPrefix(tool, "Version "), b.run(nil, "node", asc, source, "--runtime", "stub", "--use", "abort=",
		"--optimizeLevel", "3", "--shrinkLevel", "1", "--noAssert", "--outFile", b.out)
}

// asc is the compiler's program: in node_modules of the plugin's directory or one above, or of the SDK there.
func (b *build) asc() (string, error) {
	dir, err := filepath.Abs(b.Dir)
	if err != nil {
		return "", err
	}
	const program = "node_modules/assemblyscript/bin/asc.js"
	var places []string
	for at := dir; ; at = filepath.Dir(at) {
		places = append(places, at, filepath.Join(at, "sdk", string(AssemblyScript)))
		if at == filepath.Dir(at) {
			break
		}
	}
	for _, p := range places {
		if file := filepath.Join(p, filepath.FromSlash(program)); isFile(file) {
			return file, nil
		}
	}
	return "", &MissingError{"the AssemblyScript compiler (asc) of " + b.Dir, "install it: (cd " + b.Dir + " && npm install)"}
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}
