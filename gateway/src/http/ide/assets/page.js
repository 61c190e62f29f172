// The IDE: GraphiQL on this server's own endpoint. Queries and mutations by HTTP, subscriptions by WebSocket.
(() => {
  const { React, ReactDOM, GraphiQL, graphqlWs } = window;
  const options = JSON.parse(document.getElementById('options').textContent);
  const endpoint = `${location.origin}/graphql`;
  const sockets = new Map();

  /** One WebSocket for each authorization: a connection says once who it is. */
  function socketFor(authorization) {
    if (!sockets.has(authorization)) {
      sockets.set(
        authorization,
        graphqlWs.createClient({
          url: endpoint.replace(/^http/, 'ws'),
          connectionParams: authorization === undefined ? {} : { authorization },
        }),
      );
    }
    return sockets.get(authorization);
  }

  function isSubscription(operationName, document) {
    const operations = (document?.definitions ?? []).filter(({ kind }) => kind === 'OperationDefinition');
    const chosen = operations.find(({ name }) => name?.value === operationName) ?? operations[0];
    return chosen?.operation === 'subscription';
  }

  function authorizationIn(headers) {
    const name = Object.keys(headers).find((key) => key.toLowerCase() === 'authorization');
    return name === undefined ? undefined : headers[name];
  }

  async function request(parameters, headers) {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        accept: 'application/graphql-response+json, application/json',
        'content-type': 'application/json',
        ...headers,
      },
      body: JSON.stringify(parameters),
    });
    return response.json();
  }

  function fetcher(parameters, { headers = {}, documentAST } = {}) {
    return isSubscription(parameters.operationName, documentAST)
      ? socketFor(authorizationIn(headers)).iterate(parameters)
      : request(parameters, headers);
  }

  ReactDOM.createRoot(document.getElementById('ide')).render(
    React.createElement(GraphiQL, {
      fetcher,
      defaultQuery: options.defaultQuery,
      defaultHeaders: options.defaultHeaders,
      // The headers tab is filled at each load, so a token that has expired does not come back.
      shouldPersistHeaders: false,
      isHeadersEditorEnabled: true,
      defaultEditorToolsVisibility: 'variables',
    }),
  );
})();
