package environ_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/internal/environ"
)

func TestEnvironment(t *testing.T) {
	all := []string{
		"PATH=bin:/usr/bin:", "HOME=/home/me", "LC_ALL=C", "PYTHONPATH=.:lib:/abs", "PYTHONUNBUFFERED=1", "GLOMERS_LOG=debug", "TMPDIR=", "JAVA_HOME=/opt/java",
		"AWS_SECRET_ACCESS_KEY=s3cret", "GITHUB_TOKEN=s3cret", "SSH_AUTH_SOCK=/s3cret", "GLOMERS_TOKEN=s3cret", "PYTHON_KEYRING_SECRET=s3cret",
		"EDITOR=vi", "PWD=/here", "SHLVL=1", "GOPROXY=https://me:s3cret@proxy", "=C:=C:\\", "JAVA_TOOL_OPTIONS=-Dpassword=s3cret", "PATHS=x",
	}
	env, err := environ.New(all, nil, "/here")
	require.NoError(t, err)
	require.Equal(t, []string{
		"GLOMERS_LOG=debug", "HOME=/home/me", "JAVA_HOME=/opt/java", "LC_ALL=C", "PATH=/here/bin:/usr/bin:", "PYTHONPATH=/here:/here/lib:/abs", "PYTHONUNBUFFERED=1", "TMPDIR=",
	}, env.Vars)
	require.Equal(t, []string{"GLOMERS_LOG", "HOME", "JAVA_HOME", "LC_ALL", "PATH", "PYTHONPATH", "PYTHONUNBUFFERED", "TMPDIR"}, env.Names())
	require.Equal(t, []string{
		"AWS_SECRET_ACCESS_KEY", "EDITOR", "GITHUB_TOKEN", "GLOMERS_TOKEN", "GOPROXY", "JAVA_TOOL_OPTIONS", "PATHS", "PYTHON_KEYRING_SECRET", "SSH_AUTH_SOCK",
	}, env.Withheld)

	env, err = environ.New(all, []string{"GITHUB_TOKEN", "HOME=/else", "NEW=a=b", "EMPTY=", "RUBYLIB=lib"}, "/here")
	require.NoError(t, err)
	require.Subset(t, env.Vars, []string{"GITHUB_TOKEN=s3cret", "HOME=/else", "NEW=a=b", "EMPTY=", "RUBYLIB=/here/lib"})
	require.NotContains(t, env.Withheld, "GITHUB_TOKEN")

	for bad, want := range map[string]string{
		"NOWHERE": `environment: no variable "NOWHERE" is set here that could be passed on: want NAME=VALUE to set it`,
		"=x":      `environment: "=x": want NAME to pass a variable on, or NAME=VALUE to set one`,
		"":        `environment: "": want NAME`,
		"A=\x00":  `environment: "A=\x00": want NAME`,
	} {
		_, err := environ.New(all, []string{bad}, "/here")
		require.ErrorContains(t, err, want)
	}
}

// No name in the list may look like that of a secret, or the list would be pointless.
func TestNothingPassedLooksSecret(t *testing.T) {
	for _, group := range environ.Passed() {
		for _, name := range group.Names {
			require.False(t, environ.LooksSecret(name), name)
		}
	}
}
