import {
  createAccount,
  createOperator,
  createUser,
  encodeAccount,
  encodeOperator,
  encodeUser,
  fmtCreds,
  type User,
} from "@nats-io/jwt";

/** What a NATS server with an operator needs, and the files with which programs log in to it. */
export interface NatsAccounts {
  /** Lines of the server's configuration. */
  readonly config: string;
  /** The contents of a file of credentials: may do all. */
  readonly publisher: string;
  /** The same, with the permissions of an edge. */
  readonly edge: string;
  /** The same, of an account that the server doesn't know. */
  readonly stranger: string;
}

/** Without limits, an account may do nothing. */
const UNLIMITED = {
  ...{ conn: -1, subs: -1, data: -1, payload: -1 },
  ...{ imports: -1, exports: -1, wildcards: true },
};

/** Makes an operator, an account and its users. */
export async function natsAccounts(): Promise<NatsAccounts> {
  const operator = createOperator();
  const [renders, other] = [createAccount(), createAccount()];
  const token = await encodeAccount(
    "renders",
    renders,
    { limits: UNLIMITED },
    { signer: operator },
  );
  const login = async (of: typeof renders, permissions: Partial<User> = {}): Promise<string> => {
    const user = createUser();
    const signed = await encodeUser("user", user, of, permissions);
    return new TextDecoder().decode(fmtCreds(signed, user));
  };
  return {
    config: [
      `operator: ${await encodeOperator("operator", operator)}`,
      "resolver: MEMORY",
      `resolver_preload: { ${renders.getPublicKey()}: ${token} }`,
    ].join("\n"),
    publisher: await login(renders),
    edge: await login(renders, {
      pub: { allow: ["rfb.up.>"], deny: [] },
      sub: { allow: ["rfb.down.>"], deny: [] },
    }),
    stranger: await login(other),
  };
}
