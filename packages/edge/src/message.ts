/** What a device has to say, ready for the wire: repeated byte for byte until it is acknowledged. */
export interface Message {
  readonly topic: string;
  readonly payload: string;
}
