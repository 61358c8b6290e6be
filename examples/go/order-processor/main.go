// order-processor receives orders. It knows nothing of resil.
package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
)

func receiveOrder(w http.ResponseWriter, r *http.Request) {
	var order struct {
		OrderID int `json:"orderId"`
	}
	if err := json.NewDecoder(r.Body).Decode(&order); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	fmt.Printf("Order received: {\"orderId\": %d}\n", order.OrderID)
	json.NewEncoder(w).Encode(map[string]bool{"success": true})
}

func main() {
	http.HandleFunc("POST /orders", receiveOrder)
	log.Fatal(http.ListenAndServe(":"+cmp.Or(os.Getenv("APP_PORT"), "6001"), nil))
}
