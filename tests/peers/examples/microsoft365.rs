//! The stub of Microsoft 365 by itself, to try things against by hand:
//! `cargo run -p kompel-peers --example microsoft365`, until it is interrupted.

#![expect(clippy::print_stdout, reason = "it says where it listens")]

use kompel_peers::Microsoft365;

fn main() {
    let stub = Microsoft365::start();
    let (client, secret) = Microsoft365::CLIENT;
    println!("directory = {:?}", Microsoft365::DIRECTORY);
    println!("client_id = {client:?}");
    println!("# the secret is {secret}");
    for url in ["login_url", "graph_url", "exchange_url"] {
        println!("{url} = {:?}", stub.url());
    }
    loop {
        std::thread::park();
    }
}
