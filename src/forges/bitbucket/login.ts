/** A Bitbucket token is an access token, or `<email>:<API token>` of a person. */
export interface BitbucketLogin {
  /** Value of the Authorization header for the API. */
  readonly authorization: string;
  /** Git's user for the same token. */
  readonly gitUser: string;
  /** The secret itself. */
  readonly secret: string;
}

/** How a token is presented. An app password, as `<user>:<password>`, goes on as it is. */
export function bitbucketLogin(token: string): BitbucketLogin {
  const colon = token.indexOf(':');
  if (colon < 0) return { authorization: `Bearer ${token}`, gitUser: 'x-token-auth', secret: token };
  const user = token.slice(0, colon);
  return {
    authorization: `Basic ${Buffer.from(token).toString('base64')}`,
    // Git does not take the mail address that the API wants.
    gitUser: user.includes('@') ? 'x-bitbucket-api-token-auth' : user,
    secret: token.slice(colon + 1),
  };
}
