package cloudcix

import (
	"net/http"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/wire"
)

func (a *API) logins(h wire.Handlers) {
	h[wirespec.CreateMembershipToken.ID] = a.createToken
	h[wirespec.UpdateMembershipToken.ID] = a.updateToken
}

// createToken is POST auth/login/: 201 with a token, 200 with an empty object when
// no API key was sent.
func (a *API) createToken(r *wire.Request) (wire.Answer, error) {
	body, err := r.Object()
	if err != nil {
		return wire.Answer{}, err
	}
	// Whatever is no text was not sent; passwords are not trimmed.
	plain := func(name string) string {
		s, _ := body.Get(name).Any().(string)
		return s
	}
	for _, otp := range []struct{ name, code string }{{name: "first_otp", code: "login.first_otp"}, {name: "otp", code: "login.otp"}} {
		if v := body.Get(otp.name); sent(v) && v.Kind() != wire.Text {
			return wire.Answer{}, cloud.Errorf(cloud.Invalid, otp.code, "A one-time password is text.")
		}
	}
	key := plain("api_key")
	if v := body.Get("api_key"); sent(v) && v.Kind() != wire.Text {
		key = "no key" // which is nobody's
	}
	token, err := a.c.Login(r.Context(), plain("email"), plain("password"), key, source(r.HTTP))
	switch {
	case err != nil:
		return wire.Answer{}, err
	case token == "":
		return wire.Encode(http.StatusOK, struct{}{})
	}
	return wire.Encode(http.StatusCreated, wirespec.Token{Token: token})
}

// updateToken is PUT auth/login/: one more hour.
func (a *API) updateToken(r *wire.Request) (wire.Answer, error) {
	token, err := a.c.RenewToken(r.Context(), actor(r))
	if err != nil {
		return wire.Answer{}, err
	}
	return wire.Encode(http.StatusOK, wirespec.Token{Token: token})
}
