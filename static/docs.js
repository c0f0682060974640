"use strict";

// Starts Swagger UI on a documentation page; on the page where an OAuth 2.0
// server sends the browser back, hands its answer to the page that waits.
(() => {
  // bearerName is the scheme the page adds beside the password form: a token
  // made elsewhere can be pasted.
  const bearerName = "JetonBearer";

  function addBearer(document) {
    const schemes = document?.components?.securitySchemes ?? {};
    const password = Object.keys(schemes).find((name) => schemes[name].flows?.password);
    const hasBearer = Object.values(schemes).some((s) => s.type === "http" && s.scheme === "bearer");
    if (!password || hasBearer) {
      return document;
    }
    schemes[bearerName] = {
      type: "http",
      scheme: "bearer",
      description: "Un jeton d'accès déjà délivré, sans le mot « Bearer ».",
    };
    for (const path of Object.values(document.paths ?? {})) {
      for (const operation of Object.values(path)) {
        if (operation.security?.some((needed) => password in needed)) {
          operation.security.push({ [bearerName]: [] });
        }
      }
    }
    return document;
  }

  const bearerPlugin = () => ({
    statePlugins: {
      spec: {
        wrapActions: {
          updateJsonSpec: (original) => (document) => original(addBearer(document)),
        },
      },
    },
  });

  // A password form without client sends "Basic" with neither name nor
  // password, which the server would count as a failed login.
  function withoutEmptyClient(request) {
    const headers = request.headers ?? {};
    if (headers.Authorization === `Basic ${btoa(":")}`) {
      delete headers.Authorization;
    }
    return request;
  }

  function start(place) {
    window.ui = window.SwaggerUIBundle({
      url: new URL(place.dataset.document, window.location.href).href,
      domNode: place,
      presets: [window.SwaggerUIBundle.presets.apis],
      plugins: [bearerPlugin],
      layout: "BaseLayout",
      deepLinking: true,
      displayRequestDuration: true,
      filter: true,
      persistAuthorization: true,
      validatorUrl: null,
      oauth2RedirectUrl: new URL(place.dataset.oauth2Return, window.location.href).href,
      requestInterceptor: withoutEmptyClient,
    });
  }

  // finish gives the server's answer to the page that opened this window.
  function finish() {
    const waiting = window.opener?.swaggerUIRedirectOauth2;
    if (!waiting) {
      return;
    }
    const text = window.location.hash.length > 1 ? window.location.hash.slice(1) : window.location.search.slice(1);
    const answer = Object.fromEntries(new URLSearchParams(text));
    const { auth, redirectUrl } = waiting;
    const isOurs = answer.state === waiting.state;
    const flow = auth.schema.get("flow");
    const wantsCode = ["accessCode", "authorizationCode", "authorization_code"].includes(flow);
    const complain = (level, message) => {
      waiting.errCb({ authId: auth.name, source: "auth", level, message });
    };
    if (wantsCode && !auth.code) {
      if (!isOurs) {
        complain("error", "La réponse ne vient pas de la demande faite ici.");
      } else if (answer.code) {
        delete waiting.state;
        auth.code = answer.code;
        waiting.callback({ auth, redirectUrl });
      } else {
        complain("error", answer.error_description ?? answer.error ?? "Le serveur n'a donné aucun code.");
      }
    } else {
      waiting.callback({ auth, token: answer, isValid: isOurs, redirectUrl });
    }
    window.close();
  }

  const place = document.getElementById("swagger-ui");
  if (!place) {
    finish();
    return;
  }
  try {
    start(place);
  } catch (error) {
    document.getElementById("docs-failure").hidden = false;
    throw error;
  }
})();
