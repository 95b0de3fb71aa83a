interface Sender {
  send(message: unknown): void;
}

/** The model for a view that outlives its kernel: after a restart JupyterLab throws for each message, here it is dropped. */
export function viewModel<M extends Sender>(model: M): M {
  return Object.assign(Object.create(model) as M, {
    send(message: unknown) {
      try {
        model.send(message);
      } catch (error) {
        console.debug("not sent to the kernel:", error);
      }
    },
  });
}
