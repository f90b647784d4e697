const page = (title, body) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <link rel="icon" href="data:," />
    <title>${title}</title>
    <style>
      body { margin: 0 auto; max-width: 44rem; padding: 1rem; font-family: system-ui, sans-serif; }
      form { display: grid; gap: 0.5rem; max-width: 16rem; padding: 1rem 0; }
    </style>
  </head>
  <body>
    <h1>${title}</h1>
${body}
  </body>
</html>
`;

/** @param problem - why the last attempt failed; nothing from the user */
export const loginPage = (problem = "") =>
  page(
    "Log in",
    `    <p role="alert">${problem}</p>
    <form method="post" action="/login">
      <label for="name">Name</label>
      <input id="name" name="name" autocomplete="username" required />
      <label for="password">Password</label>
      <input id="password" name="password" type="password" autocomplete="current-password" required />
      <button>Log in</button>
    </form>`,
  );

export const PICTURE_PAGE = page(
  "A pond for everybody",
  `    <p>Move the pointer over the water. Everybody who is logged in sees the same waves.</p>
    <remote-framebuffer url="/rfb/pond" label="Pond" toolbar></remote-framebuffer>
    <form method="post" action="/logout"><button>Log out</button></form>
    <script type="module" src="/client/element.mjs"></script>`,
);
