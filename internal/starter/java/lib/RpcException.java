/** An error reply. {@code glomers help errors} explains the codes. */
final class RpcException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int code;

  RpcException(int code, String text) {
    super(text);
    this.code = code;
  }

  /** Refuses a request whose fields are not as they must be, with error 12. */
  static void check(boolean ok, String text) {
    if (!ok) {
      throw new RpcException(12, text);
    }
  }

  JsonObject body() {
    return new JsonObject().with("type", "error").with("code", code).with("text", getMessage());
  }
}
