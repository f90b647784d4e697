/** A program of its own, since what it tries may crash, and prints: writes what works as JSON. */
import { describeVideoEncoders } from "../framebuffer/encoders/describeVideoEncoders";

void describeVideoEncoders().then((reports) => {
  process.stdout.write(JSON.stringify(reports));
});
