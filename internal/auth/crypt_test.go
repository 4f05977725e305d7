package auth_test

import (
	"crypto/rand"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/auth"
)

// The vectors of the published algorithm, and others made with OpenSSL for
// passwords around the length of the digest.
func TestSHA512Crypt(t *testing.T) {
	for _, c := range []struct{ password, hash string }{
		{
			"Hello world!",
			"$6$rounds=10000$saltstringsaltst$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v.",
		},
		{
			"This is just a test",
			"$6$rounds=5000$toolongsaltstrin$lQ8jolhgVRVhY4b5pZKaysCLi0QBxGoNeKQzQ3glMhwllF7oGDZxUhx1yxdYcz/e1JSbq3y6JMxxl8audkUEm0",
		},
		{"a", "$6$saltstring$MO53nAXQUKXVLlsbiXyPgMsR6q10N7eF7sPvanwdXnEeCj5kE3eYaRvFv0wVW1UZ4SnNTzc1v4OCOq1ASDQZY0"},
		{"Hello world!", "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1"},
		{
			"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
			"$6$saltstring$GqYQzkALZb2XssQ4JYO6h8OrGdbnVbVYuv8o5IjS4NL5PdNZa6jJUI7Mtn5dACTZNWwg0cVBqpsM2a3EPYUg1/",
		},
		{
			"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
			"$6$saltstring$SSoAqlzjEXraQ.dDguxosFViX0Mfw4O.kEQXNqWn2FWfLIsQUWxK3xUguKKWh/yPYlb6YCK5MTl1eAQTuZtVf.",
		},
		{
			"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
			"$6$saltstring$6SQS3GtHC3TPYB.63O/KZyn5uBDlYfe1PvIq4EkYEmAojXOtfokMtH82Tj4wQ/EsRh3FgIyhJUtiFulxq4Yel/",
		},
		{
			"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy",
			"$6$saltstring$cAEd3wwGoBN9DUnRczLmtulZ/4/oYlDGl3UsHR2Pk7a.buVl.IheKS1KjKopDAvkFxfqZd8blJKerUjzZO4Zf.",
		},
		{"pässwörd", "$6$saltstring$6PSVl254uv0cWCoUS0qzSX5NenRA/YFCwPzGA9ONu.MmmxqXTWHerEzD8WyuBl3ukfIZZU9uxLD6Bn6p7S3rG."},
		{"Hello world!", "$6$x$BjygRISyVAtJm0ZfNqLIK8RO4PjGdXNasEUxkueIs/m/XbUTF9uwPvjPEG117Ctw4wd9WjSv/UBqjRyXqzRh//"},
		{"Hello world!", "$6$./09AZaz$IwKwer3Q3shbhyuPHl8Ejoddw1VXXNGnj6vxL5hOhqx58mBgn2XbDgv1kYUGCbXEP57Tt4xycBsh3ldZTRA391"},
		{"Hello world!", "$6$sixteencharslong$tbu/zazT6zfngrKhd.tbLddUbfIjniue53xx6wFJ004Ol1jBu3I2FWiWIw3mrqh5xZj4xcb3jYZsAPyv4FAHv1"},
		{"short", "$6$rounds=1234$salt$SKxYJlICdCiORphv4CJibWlGwBK5m.S6HOnE2vkSHAOvxEMMBCfbJXi3Ta5WeIOXZzaKETL9t8AwinWeGMN720"},
	} {
		if got := auth.SHA512Crypt(c.password, c.hash); got != c.hash {
			t.Errorf("%.20q: %s, want %s", c.password, got, c.hash)
		}
	}
}

// Salts are cut at 16 characters and rounds are kept in range, as glibc does.
func TestSHA512CryptSettings(t *testing.T) {
	long := auth.SHA512Crypt("This is just a test", "$6$rounds=5000$toolongsaltstring")
	if !strings.HasPrefix(long, "$6$rounds=5000$toolongsaltstrin$lQ8jolhg") {
		t.Error(long)
	}
	low := auth.SHA512Crypt("the minimum number is still observed", "$6$rounds=10$roundstoolow")
	if low != "$6$rounds=1000$roundstoolow$kUMsbe306n21p9R.FRkW3IGn.S9NPN0x50YhH1xhLsPuWGsUSklZt58jaTfF4ZEQpyUNGc0dqbpBYYBaHHrsX." {
		t.Error(low)
	}
}

func TestCryptPassword(t *testing.T) {
	one, err := auth.CryptPassword("s3cret", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	two, _ := auth.CryptPassword("s3cret", rand.Reader)
	if one == two || len(one) != len("$6$")+16+1+86 {
		t.Errorf("%s and %s", one, two)
	}
	if strings.ContainsAny(one, ":\n ") {
		t.Errorf("%q would break /etc/shadow", one)
	}
	if auth.SHA512Crypt("s3cret", one) != one || auth.SHA512Crypt("s3cres", one) == one {
		t.Error("the hash does not check the password")
	}
	if _, err := auth.CryptPassword("x", broken{}); err == nil {
		t.Error("a hash without a salt")
	}
}
